//! A text that is put together from escapes, which name characters, halves of characters, or bytes.

/// Collects characters.
#[derive(Default)]
pub struct Built {
    bytes: Vec<u8>,
    /// The first half of a character beyond U+FFFF.
    high: Option<u32>,
}

impl Built {
    /// Adds a character.
    pub fn push(&mut self, c: char) {
        self.flush();
        self.bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Adds a byte of UTF-8, which `\x` names.
    pub fn byte(&mut self, byte: u8) {
        self.flush();
        self.bytes.push(byte);
    }

    /// Adds a code point, or half of one.
    pub fn unit(&mut self, unit: u32) {
        match (self.high.take(), unit) {
            (Some(high), 0xDC00..=0xDFFF) => {
                let point = 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
                self.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (lonely, unit) => {
                if lonely.is_some() {
                    self.push(char::REPLACEMENT_CHARACTER);
                }
                match unit {
                    0xD800..=0xDBFF => self.high = Some(unit),
                    _ => self.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
                }
            }
        }
    }

    /// The text.
    pub fn finish(mut self) -> String {
        self.flush();
        String::from_utf8(self.bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    fn flush(&mut self) {
        if self.high.take().is_some() {
            self.push(char::REPLACEMENT_CHARACTER);
        }
    }
}

/// Takes up to `most` digits of base `radix` from the front of `chars`; none if there are none.
pub fn digits(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, radix: u32, most: usize) -> Option<u32> {
    let mut value = None;
    for _ in 0..most {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else { break };
        chars.next();
        value = Some(value.unwrap_or(0_u32).saturating_mul(radix).saturating_add(digit));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_and_bytes_become_characters() {
        let mut built = Built::default();
        [0x61, 0xD83D, 0xDE00, 0xD83D].into_iter().for_each(|unit| built.unit(unit));
        [0xE5, 0x8D, 0x83].into_iter().for_each(|byte| built.byte(byte));
        assert_eq!(built.finish(), "a😀\u{fffd}千");
    }
}
