"""Disks that do not serve: a data folder on a small file system of its own."""

import os
import subprocess

import pytest


def mount(stack, *options):
    """A small file system of its own in the place of the data folder; not everybody may mount one."""
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", stack.data_dir], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("file systems cannot be mounted here")


def remount(stack, option):
    """Changes how it is mounted."""
    subprocess.run(["mount", "-o", f"remount,{option}", stack.data_dir], check=True, capture_output=True)


def release(stack):
    """Ends a mount that a test made."""
    if os.path.ismount(stack.data_dir):
        subprocess.run(["umount", "-l", stack.data_dir], check=False)
