"""What servers of pages share: requests, certificates, texts, operations as forms."""
