//! Where in the answer's Markdown the reader is: what stands in a fence, in backticks or in a quotation is shown, not meant.

/// The state of the line that is being read, and of the fence around it.
#[derive(Debug, Default)]
pub struct Line {
    /// The fence that is open: its character and its length.
    fence: Option<(char, usize)>,
    /// The length of the run of backticks that opened a code span on this line.
    span: usize,
    /// The run of backticks that is being read.
    run: usize,
    /// The run of fence characters that the line begins with.
    lead: (char, usize),
    /// Whether something other than blanks, list and quotation marks was read on this line.
    begun: bool,
    /// Whether anything but blanks stands behind the line's first run, and whether a backtick does.
    behind: (bool, bool),
    /// Whether the line is quoted with `>`.
    quoted: bool,
    /// How many blanks the line begins with.
    indent: usize,
    /// The last character that is not blank.
    last: Option<char>,
    /// Whether anything but blanks was read on this line.
    solid: bool,
}

impl Line {
    /// Takes the next character of the text.
    pub fn observe(&mut self, c: char) {
        if c == '\n' {
            self.end();
            return;
        }
        self.count_ticks(c);
        if c.is_whitespace() {
            if !self.solid {
                self.indent += if c == '\t' { 4 } else { 1 };
            }
        } else {
            self.quoted |= c == '>' && !self.solid;
            self.solid = true;
            self.last = Some(c);
        }
        let listing = c.is_whitespace() || c.is_ascii_digit() || matches!(c, '>' | '-' | '*' | '+' | '.' | ')');
        if !self.begun && !listing {
            self.begun = true;
            self.lead = (c, 0);
        }
        if self.begun {
            if c == self.lead.0 && self.behind == (false, false) && matches!(c, '`' | '~') {
                self.lead.1 += 1;
            } else {
                self.behind.0 |= !c.is_whitespace();
                self.behind.1 |= c == '`';
            }
        }
    }

    fn count_ticks(&mut self, c: char) {
        if c == '`' {
            self.run += 1;
        } else if self.run > 0 {
            self.close_run();
        }
    }

    fn close_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if self.span == 0 {
            self.span = run;
        } else if self.span == run {
            self.span = 0;
        }
    }

    fn end(&mut self) {
        let (mark, length) = self.lead;
        let run = length >= 3;
        match self.fence {
            Some((open, least)) if run && mark == open && length >= least && !self.behind.0 => self.fence = None,
            None if run && !(mark == '`' && self.behind.1) => self.fence = Some((mark, length)),
            Some(_) | None => {}
        }
        *self = Self { fence: self.fence, last: self.last, ..Self::default() };
    }

    /// Whether a marker here would be shown rather than meant. `visible` says whether text came before.
    pub fn shown(&self, visible: bool) -> bool {
        self.fence.is_some()
            || self.span > 0
            || self.run > 0
            || self.quoted
            || (visible && !self.solid && self.indent >= 4)
            || (self.solid && matches!(self.last, Some('"' | '\'' | '“' | '‘' | '「' | '『' | '(' | '（')))
    }

    /// Whether only blanks stand before, on this line.
    pub fn at_start(&self) -> bool {
        !self.solid
    }

    /// Whether a sentence ended just before.
    pub fn after_sentence(&self) -> bool {
        matches!(self.last, None | Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '~' | '～' | ')' | '）'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str) -> Line {
        let mut line = Line::default();
        text.chars().for_each(|c| line.observe(c));
        line
    }

    #[test]
    fn what_is_shown_is_known() {
        for text in
            ["```\n", "a\n~~~ x\nb\n```\n", "a `", "``a ` ", "> ", "say \"", "1. ```json\n", "a\n     ", "````\n```\n"]
        {
            assert!(after(text).shown(true), "{text:?}");
        }
        for text in
            ["", "a", "```\nb\n```\n", "a `b` ", "``a`` ", "a `\n", "```x``` b\n", "a\n  ", "> q\n", "```\n````  \n"]
        {
            assert!(!after(text).shown(true), "{text:?}");
        }
    }
}
