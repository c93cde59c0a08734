//! The site's markers inside an answer, which its own page replaces by pictures and cards.
//!
//! Only the kinds that were seen are removed: `[(deep_think)]`, `[(multimodal_chat_think_N)]`, `[(video_note_list_N)]`,
//! `[(image_waterfall_N)]` and `[reference:N]`. Anything else in such brackets is the model's own text.

/// A marker that is the same every time.
const FIXED: [&str; 1] = ["[(deep_think)]"];

/// Markers with a number: what stands before it and what stands behind it.
const NUMBERED: [(&str, &str); 4] = [
    ("[(multimodal_chat_think_", ")]"),
    ("[(video_note_list_", ")]"),
    ("[(image_waterfall_", ")]"),
    ("[reference:", "]"),
];

/// The most digits of a marker's number; more of them are text.
const MOST_DIGITS: usize = 6;

/// What a text that begins with `[` turns out to be.
#[derive(Debug, PartialEq, Eq)]
enum Begins {
    /// A marker of this many bytes.
    Marker(usize),
    /// Perhaps a marker whose end has not come yet.
    Perhaps,
    /// Text.
    Text,
}

/// Removes markers from a text that arrives in pieces.
#[derive(Debug, Default)]
pub struct Stripper {
    /// The beginning of what may become a marker; at most one marker long.
    held: String,
}

impl Stripper {
    /// Takes the next piece and appends what is certainly text to `out`.
    pub fn push(&mut self, piece: &str, out: &mut String) {
        if self.held.is_empty() && !piece.contains('[') {
            out.push_str(piece);
            return;
        }
        let mut text = std::mem::take(&mut self.held);
        text.push_str(piece);
        let mut rest = text.as_str();
        while let Some(at) = rest.find('[') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            match begins(rest) {
                Begins::Marker(length) => rest = &rest[length..],
                Begins::Perhaps => {
                    self.held = rest.to_owned();
                    return;
                }
                Begins::Text => {
                    out.push('[');
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(rest);
    }

    /// The end has come: what was held back is text after all.
    pub fn finish(&mut self, out: &mut String) {
        out.push_str(&self.held);
        self.held.clear();
    }
}

fn begins(text: &str) -> Begins {
    let mut perhaps = false;
    for marker in FIXED {
        if text.starts_with(marker) {
            return Begins::Marker(marker.len());
        }
        perhaps |= marker.starts_with(text);
    }
    for (before, behind) in NUMBERED {
        match text.strip_prefix(before) {
            None => perhaps |= before.starts_with(text),
            Some(rest) => match number_and(rest, behind) {
                Begins::Marker(length) => return Begins::Marker(before.len() + length),
                Begins::Perhaps => perhaps = true,
                Begins::Text => {}
            },
        }
    }
    if perhaps { Begins::Perhaps } else { Begins::Text }
}

fn number_and(text: &str, behind: &str) -> Begins {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    if digits > MOST_DIGITS || (digits == 0 && !rest.is_empty()) {
        Begins::Text
    } else if digits > 0 && rest.starts_with(behind) {
        Begins::Marker(digits + behind.len())
    } else if behind.starts_with(rest) {
        Begins::Perhaps
    } else {
        Begins::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(pieces: &[&str]) -> String {
        let (mut stripper, mut out) = (Stripper::default(), String::new());
        pieces.iter().for_each(|piece| stripper.push(piece, &mut out));
        stripper.finish(&mut out);
        out
    }

    #[test]
    fn named_markers_go_and_everything_else_stays_wherever_it_is_cut() {
        let text = "a[(deep_think)]b[(image_waterfall_12)]c[(x)]d[[reference:3]e[reference:x][(video_note_list_)]\
                    [(multimodal_chat_think_1)]f[reference:1234567] [1](u)[";
        let expected = "abc[(x)]d[e[reference:x][(video_note_list_)]f[reference:1234567] [1](u)[";
        assert_eq!(strip(&[text]), expected);
        for cut in 0..=text.len() {
            assert_eq!(strip(&[&text[..cut], &text[cut..]]), expected, "cut at {cut}");
        }
        let letters: Vec<String> = text.chars().map(String::from).collect();
        assert_eq!(strip(&letters.iter().map(String::as_str).collect::<Vec<_>>()), expected);
    }
}
