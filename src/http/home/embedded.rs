//! The files of the console, as they lie in the binary: packed, because that is how almost everybody wants them.

use std::borrow::Cow;
use std::io::Read;

/// The forms in which a file lies here: packed by Brotli and by gzip, or else as it is.
pub struct Forms {
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
    plain: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// Whether the console was built before the binary was.
pub const fn is_built() -> bool {
    BUILT
}

/// The file with this name.
pub fn find(name: &str) -> Option<&'static Forms> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, forms)| forms)
}

/// What a client is sent.
pub struct Sent {
    /// The bytes.
    pub bytes: Cow<'static, [u8]>,
    /// How they are packed, if they are.
    pub encoding: Option<&'static str>,
}

impl Forms {
    /// The form for a client that accepts this (the header `Accept-Encoding`).
    pub fn fit(&self, accepted: &str) -> Sent {
        let packed = [(self.br, "br"), (self.gz, "gzip")];
        let fitting =
            packed.into_iter().find_map(|(bytes, name)| Some((bytes?, name)).filter(|_| takes(accepted, name)));
        match (fitting, self.plain, self.gz) {
            (Some((bytes, name)), ..) => Sent { bytes: Cow::Borrowed(bytes), encoding: Some(name) },
            (None, Some(bytes), _) => Sent { bytes: Cow::Borrowed(bytes), encoding: None },
            (None, None, gz) => Sent { bytes: Cow::Owned(unpacked(gz.unwrap_or_default())), encoding: None },
        }
    }
}

/// Whether `accepted` names the encoding with a weight that is not zero.
fn takes(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        named && weight.is_none_or(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

fn unpacked(gz: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What the build packed unpacks, and memory takes whatever comes.
    let _ = flate2::read::GzDecoder::new(gz).read_to_end(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_client_gets_the_form_that_it_takes() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(b"the text").unwrap();
        let gz: &'static [u8] = encoder.finish().unwrap().leak();
        let forms = Forms { br: Some(b"by br"), gz: Some(gz), plain: None };
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("BR", Some("br")),
            ("gzip;q=1.0, br; q=0.5", Some("br")),
            ("br;q=0, gzip", Some("gzip")),
            ("br;q=0.000,GZIP;Q=0.1", Some("gzip")),
            ("br;q=much, gzip;q=0", None),
            ("brotli, xgzip", None),
            ("identity", None),
            ("", None),
        ] {
            let sent = forms.fit(accepted);
            assert_eq!(sent.encoding, encoding, "{accepted}");
            let bytes: &[u8] = match encoding {
                Some("br") => b"by br",
                Some(_) => gz,
                None => b"the text",
            };
            assert_eq!(&*sent.bytes, bytes, "{accepted}");
        }
        let sent = Forms { br: None, gz: None, plain: Some(b"x") }.fit("br");
        assert_eq!((&*sent.bytes, sent.encoding), (&b"x"[..], None));
    }

    #[test]
    fn the_page_is_there_and_all_that_is_packed_unpacks() {
        assert!(find("index.html").is_some() && find("assets/none.js").is_none());
        for (name, forms) in FILES {
            assert!(!forms.fit("").bytes.is_empty(), "{name}");
        }
        let page = find("index.html").unwrap().fit("").bytes;
        let text = String::from_utf8(page.into_owned()).unwrap();
        assert_eq!(text.contains("make ui"), !is_built(), "the placeholder says how to build the console");
    }
}
