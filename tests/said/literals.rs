//! The texts that stand in the service's sources.

use std::fs;
use std::path::Path;

/// A text in the sources that is not there for tests, comments, attributes or the log.
pub struct Literal {
    /// The file, as in `providers/qianwen/trouble.rs`.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// What it says, as the program has it.
    pub text: String,
}

impl Literal {
    /// Whether it is more than a name or a mark: words outside its holes, and a space.
    pub fn is_sentence(&self) -> bool {
        let mut depth = 0_usize;
        let outside = self.text.chars().filter(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        });
        let outside: String = outside.collect();
        let has_word = outside.split(|c: char| !c.is_ascii_lowercase()).any(|word| word.len() > 1);
        has_word && self.text.trim().contains(' ') && !is_sql(&self.text)
    }
}

fn is_sql(text: &str) -> bool {
    ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA "].iter().any(|word| text.starts_with(word))
}

/// Every text under `folder`.
pub fn under(folder: &Path) -> Vec<Literal> {
    let mut found = Vec::new();
    gather(folder, folder, &mut found);
    found
}

fn gather(root: &Path, folder: &Path, found: &mut Vec<Literal>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            gather(root, &path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !name.ends_with("_tests") && name != "fixture" {
            let file = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            found.extend(read(&file, &fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The texts of one source. Its own tests, which stand at its end, are left out.
fn read(file: &str, source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut reader = Reader { source, at: 0 };
    let mut found = Vec::new();
    while reader.at < source.len() {
        let rest = reader.rest();
        if rest.starts_with("//") {
            reader.skip_to("\n");
        } else if rest.starts_with("#[") || rest.starts_with("#![") || reader.is_told_to_no_page() {
            reader.skip_group();
        } else if let Some(length) = character(rest) {
            reader.at += length;
        } else if let Some((start, end)) = opening(rest) {
            let line = 1 + source[..reader.at].matches('\n').count();
            let is_bytes = rest.starts_with('b');
            reader.at += start;
            let text = reader.text(&end);
            if !is_bytes {
                found.push(Literal { file: file.to_owned(), line, text });
            }
        } else {
            reader.at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// How a text begins here, if one does: how long its opening is, and what closes it.
fn opening(rest: &str) -> Option<(usize, String)> {
    let plain = rest.strip_prefix('b').unwrap_or(rest);
    let before = rest.len() - plain.len();
    if plain.starts_with('"') {
        return Some((before + 1, "\"".to_owned()));
    }
    let hashes = plain.strip_prefix('r')?.chars().take_while(|c| *c == '#').count();
    plain[1 + hashes..].starts_with('"').then(|| (before + 2 + hashes, format!("\"{}", "#".repeat(hashes))))
}

/// How long a character in quotes is, if one is here; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    let end = if first == '\\' { 1 + inner[2..].find('\'')? + 1 } else { first.len_utf8() };
    inner[end..].starts_with('\'').then_some(end + 2)
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn skip_to(&mut self, mark: &str) {
        self.at += self.rest().find(mark).map_or(self.rest().len(), |found| found + mark.len());
    }

    /// Whether a call begins here whose text goes to the log, or to nobody while the code is right.
    fn is_told_to_no_page(&self) -> bool {
        let rest = self.rest();
        let is_log = ["error", "warn", "info", "debug", "trace"]
            .iter()
            .any(|level| rest.strip_prefix("log::").is_some_and(|rest| rest.starts_with(&format!("{level}!("))));
        is_log || rest.starts_with(".expect(")
    }

    /// Skips to the end of the next pair of brackets, texts in it included.
    fn skip_group(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.source.len() {
            let rest = self.rest();
            if let Some((start, end)) = opening(rest) {
                self.at += start;
                self.text(&end);
                continue;
            }
            let c = rest.chars().next().unwrap_or_default();
            self.at += c.len_utf8();
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => continue,
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Reads on to the end of a text that has begun.
    fn text(&mut self, end: &str) -> String {
        let mut text = String::new();
        let is_raw = end.len() > 1;
        while !self.rest().starts_with(end) {
            let mut rest = self.rest().chars();
            let c = rest.next().unwrap();
            self.at += c.len_utf8();
            if c != '\\' || is_raw {
                text.push(c);
                continue;
            }
            let next = rest.next().unwrap();
            self.at += next.len_utf8();
            match next {
                '\n' => self.at += self.rest().len() - self.rest().trim_start().len(),
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                'u' => self.skip_to("}"),
                other => text.push(other),
            }
        }
        self.at += end.len();
        text
    }
}
