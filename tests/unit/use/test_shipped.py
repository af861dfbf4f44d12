"""What a gateway loads for a describer that its agreement does not name: nothing."""

import subprocess
import sys

from brightline.use import describing


def test_the_numbers_library_is_loaded_with_the_first_text() -> None:
    program = "import sys, brightline.gateway.serve; assert 'numpy' not in sys.modules, 'loaded'"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_it_is_loaded_once() -> None:
    assert describing() is describing()
