"""What joins the desk with the calls, the store, self-service and the exchange: its ports."""
