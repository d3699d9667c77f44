"""What a voice call does besides its line: admission, side effects, records."""
