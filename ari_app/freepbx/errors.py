"""Why a FreePBX cannot be imported."""


class SourceError(Exception):
    """A source that cannot be read, with what is wrong and what to do."""
