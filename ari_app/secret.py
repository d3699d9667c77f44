from ivr.secret import Secret as Secret
