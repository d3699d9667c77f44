"""What an agent's tab asks for beside forms: cards, searches, tickets, supervision."""
