"""The base images, made from Debian's packages and this machine's Rust and Node, so that no image registry is needed."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from engine import CACHE, CannotRun, docker, install

SUITE = "bookworm"
PATH = "/usr/local/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LIBRARIES = ("/lib", "/usr/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
             "/usr/lib/aarch64-linux-gnu", "/lib64")
# Without this, the package of nginx starts nginx while the image is built. Docker's own Debian image has it too.
START_NOTHING = "#!/bin/sh\nexit 101\n"


def bases():
    """The names of the images for the console, the build and the runtime; made when the engine has none of that name."""
    for program in ("rustc", "node", "npm"):
        if not shutil.which(program):
            raise CannotRun(f"the build images take {program} from this machine, which has none")
    install("debootstrap", "debootstrap")
    version = output("rustc", "--version").split()[1]
    node_version = output("node", "--version").removeprefix("v")
    names = (f"qianqiao-test/node:{node_version}-{SUITE}", f"qianqiao-test/rust:{version}-{SUITE}",
             f"qianqiao-test/debian:{SUITE}")
    console, build, runtime = names
    if not docker("images", "--quiet", console):
        # Node brings authorities of its own and would not know that of a company's proxy.
        make(console, [], add_node, ("NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
                                     f"npm_config_registry={output('npm', 'config', 'get', 'registry')}"))
    if not docker("images", "--quiet", runtime):
        make(runtime, [], lambda tree: None)
    if not docker("images", "--quiet", build):
        make(build, ["gcc", "libc6-dev"], add_rust)
    return names


def make(name, packages, prepare, environment=()):
    """Imports a minimal Debian with the packages and variables, after `prepare` has had the tree."""
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
            changes = [f"--change=ENV {variable}" for variable in (f"PATH={PATH}", *environment)]
            docker("import", *changes, "-", name, stdin=tar.stdout)


def add_rust(tree):
    """Copies the toolchain in, without its manuals."""
    root = output("rustc", "--print", "sysroot")
    skip = shutil.ignore_patterns("share", "src")
    shutil.copytree(root, tree / "usr/local/rust", symlinks=True, ignore=lambda at, names: (
        skip(at, names) if at in (root, f"{root}/lib/rustlib") else set()))


def add_node(tree):
    """Copies Node in with the libraries that Debian lacks, and npm."""
    npm = Path(output("npm", "root", "-g")) / "npm"
    if not npm.is_dir():
        raise CannotRun("the console's build image takes npm from this machine, where it is in pieces (Debian's package)")
    node = Path(output("node", "-p", "process.execPath"))
    shutil.copy2(node, tree / "usr/local/bin/node")
    shutil.copytree(npm, tree / "usr/local/lib/node_modules/npm", symlinks=True)
    (tree / "usr/local/bin/npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")
    libraries = re.findall(r"=> (/\S+)", output("ldd", str(node)))
    for library in (Path(each) for each in libraries):
        if not any((tree / folder.strip("/") / library.name).exists() for folder in LIBRARIES):
            shutil.copy2(library, tree / "usr/local/lib" / library.name)


def output(*command):
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
