//! Files in the ZIP archive of Swagger UI. They stay packed: what ZIP calls deflated is, between a head and a checksum,
//! what HTTP calls gzip, so that nothing is unpacked here or kept twice. Every browser unpacks it.
//!
//! The archive's form: PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16; gzip's: RFC 1952.

/// Swagger UI as its authors publish it, with the sources of everything.
static ARCHIVE: &[u8] = utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

/// A file.
#[derive(Debug, PartialEq, Eq)]
pub enum File {
    /// As it is.
    Plain(&'static [u8]),
    /// As gzip.
    Gzip(Vec<u8>),
}

/// A gzip head that says nothing but "deflated".
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The first file whose path ends like this.
pub fn find(end: &str) -> Option<File> {
    let closing = ARCHIVE.windows(4).rposition(|bytes| bytes == b"PK\x05\x06")?;
    let mut at = number(closing + 16)?;
    loop {
        if part(at, 4)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (short(at + 28)?, short(at + 30)?, short(at + 32)?);
        if part(at + 46, name.into())?.ends_with(end.as_bytes()) {
            return unpacked(at);
        }
        at += 46 + usize::from(name) + usize::from(extra) + usize::from(comment);
    }
}

/// The file whose entry in the archive's list is at `entry`.
fn unpacked(entry: usize) -> Option<File> {
    let (method, size, local) = (short(entry + 10)?, number(entry + 20)?, number(entry + 42)?);
    let start = local + 30 + usize::from(short(local + 26)?) + usize::from(short(local + 28)?);
    let data = part(start, size)?;
    match method {
        STORED => Some(File::Plain(data)),
        DEFLATED => {
            let (checksum, whole) = (part(entry + 16, 4)?, part(entry + 24, 4)?);
            Some(File::Gzip([&HEAD, data, checksum, whole].concat()))
        }
        _ => None,
    }
}

fn part(at: usize, length: usize) -> Option<&'static [u8]> {
    ARCHIVE.get(at..at.checked_add(length)?)
}

fn short(at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(part(at, 2)?.try_into().ok()?))
}

fn number(at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(part(at, 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_needs_is_there() {
        let Some(File::Gzip(script)) = find("/dist/swagger-ui-bundle.js") else { panic!("the script") };
        assert!(script.starts_with(&HEAD) && script.len() > 100_000);
        let Some(File::Plain(icon)) = find("/dist/favicon-32x32.png") else { panic!("the icon") };
        assert!(icon.starts_with(b"\x89PNG"));
        assert!(matches!(find("/dist/swagger-ui.css"), Some(File::Gzip(_))));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(find("/dist/no-such-file"), None);
    }
}
