"""The two base images, made from Debian's packages and this machine's Rust, so that no image registry is needed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from engine import CACHE, CannotRun, docker, install

SUITE = "bookworm"
PATH = "/usr/local/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Without this, the package of nginx starts nginx while the image is built. Docker's own Debian image has it too.
START_NOTHING = "#!/bin/sh\nexit 101\n"


def bases():
    """The names of the build image and the runtime image; made when the engine has none of that name."""
    if not shutil.which("rustc"):
        raise CannotRun("the build image takes its Rust from this machine, which has none")
    install("debootstrap", "debootstrap")
    version = output("rustc", "--version").split()[1]
    names = f"qianqiao-test/rust:{version}-{SUITE}", f"qianqiao-test/debian:{SUITE}"
    build, runtime = names
    if not docker("images", "--quiet", runtime):
        make(runtime, [], lambda tree: None)
    if not docker("images", "--quiet", build):
        make(build, ["gcc", "libc6-dev"], add_rust)
    return names


def make(name, packages, prepare):
    """Imports a minimal Debian with the packages, after `prepare` has had the tree."""
    print(f"      making {name}: takes a minute, and is kept", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    debs = CACHE / "debs"
    debs.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        tree = Path(folder) / "tree"
        include = ["--include=" + ",".join(packages)] if packages else []
        command = ["debootstrap", "--variant=minbase", f"--cache-dir={debs}", *include, SUITE, str(tree)]
        done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise CannotRun(f"debootstrap failed: {done.stdout.strip()[-300:]}")
        policy = tree / "usr/sbin/policy-rc.d"
        policy.write_text(START_NOTHING, encoding="utf-8")
        policy.chmod(0o755)
        # What this machine trusts: a build behind a company's proxy meets that proxy's certificate.
        shutil.copytree("/etc/ssl/certs", tree / "etc/ssl/certs", dirs_exist_ok=True, ignore_dangling_symlinks=True)
        prepare(tree)
        tar_command = ["tar", "-C", tree, "--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*", "-c", "."]
        with subprocess.Popen(tar_command, stdout=subprocess.PIPE) as tar:
            docker("import", "--change", f"ENV PATH={PATH}", "-", name, stdin=tar.stdout)


def add_rust(tree):
    """Copies the toolchain in, without its manuals."""
    root = output("rustc", "--print", "sysroot")
    skip = shutil.ignore_patterns("share", "src")
    shutil.copytree(root, tree / "usr/local/rust", symlinks=True, ignore=lambda at, names: (
        skip(at, names) if at in (root, f"{root}/lib/rustlib") else set()))


def output(*command):
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
