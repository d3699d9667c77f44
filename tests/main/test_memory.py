"""What the application must not load: each of its processes lives as long as the operator."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["numpy", "pyttsx3", "soxr"])
def test_the_command_line_loads_no(package: str) -> None:
    """The packages of the process that speaks; they stay importable for who needs them."""
    program = f"import sys, ari_app.cli; print({package!r} in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def test_the_door_to_the_database_leaves_numpy_to_others() -> None:
    program = "import ari_app.store.sqlite, numpy; print(numpy.zeros(1).sum())"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("0.0\n", "")
