//! Puts the console into the binary if it was built (`make ui`), else a page that says so. Cargo alone needs no Node.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What the page is instead.
const PLACEHOLDER: &str = "src/http/home/placeholder.html";

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders by the environment")]
fn main() -> io::Result<()> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let (root, out) = (folder("CARGO_MANIFEST_DIR")?, folder("OUT_DIR")?);
    let dist = root.join("ui/dist");
    // A path that is not there counts as changed at every build; the folder around it changes when it comes.
    let watched = if dist.exists() { "ui/dist" } else { "ui" };
    println!("cargo::rerun-if-changed={watched}");
    println!("cargo::rerun-if-changed={PLACEHOLDER}");
    let built = dist.join("index.html").is_file();
    let mut table = format!("const BUILT: bool = {built};\nstatic FILES: &[(&str, Forms)] = &[\n");
    if built {
        add(&mut table, "index.html", &dist.join("index.html"));
        for name in names(&dist.join("assets"))? {
            add(&mut table, &format!("assets/{name}"), &dist.join("assets").join(name));
        }
    } else {
        add(&mut table, "index.html", &root.join(PLACEHOLDER));
    }
    table.push_str("];\n");
    fs::write(out.join("console.rs"), table)
}

/// The files in `folder`, without the packed forms of others.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".br") && !name.ends_with(".gz") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Adds a file: packed, if it lies there packed in both ways, because then nobody needs it as it is.
fn add(table: &mut String, name: &str, path: &Path) {
    let beside = |ending: &str| PathBuf::from(format!("{}.{ending}", path.display()));
    let bytes = |path: &Path| format!("include_bytes!({:?})", path.display().to_string());
    let (br, gz) = (beside("br"), beside("gz"));
    let forms = if br.is_file() && gz.is_file() {
        format!("br: Some({}), gz: Some({}), plain: None", bytes(&br), bytes(&gz))
    } else {
        format!("br: None, gz: None, plain: Some({})", bytes(path))
    };
    let _ = writeln!(table, "    ({name:?}, Forms {{ {forms} }}),");
}
