"""Who a caller is: code words, keypad letters, lockout after wrong attempts."""
