//! By which rule an account is picked.

/// The rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The one with the least to do, counting recent faults and slow first tokens as work.
    #[default]
    LeastBusy,
    /// Each in its turn, by weight.
    RoundRobin,
    /// The first one until it is full, then the next.
    FillFirst,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LeastBusy, Self::RoundRobin, Self::FillFirst];

    /// The name that the owner writes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LeastBusy => "least-busy",
            Self::RoundRobin => "round-robin",
            Self::FillFirst => "fill-first",
        }
    }

    /// The strategy with this name.
    ///
    /// # Errors
    /// A sentence with the names that there are.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(name.trim()));
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            format!("there is no strategy `{shown}`; write one of {names}")
        })
    }
}
