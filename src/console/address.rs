//! Where a request came from.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A client's address, as nginx tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(Option<IpAddr>);

/// Whom a count of tries is kept for: one household. A network hands each of its customers 2^64 addresses of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Household(Option<IpAddr>);

impl Address {
    /// Reads it; what is no address counts as one and the same unknown one.
    pub fn read(text: &str) -> Self {
        Self(text.trim().parse().ok().map(|address: IpAddr| address.to_canonical()))
    }

    /// Whom tries from here are counted for.
    pub fn household(self) -> Household {
        const NETWORK: u128 = !0 << 64;
        Household(self.0.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & NETWORK).into(),
        }))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(address) => address.fmt(f),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_household_is_one_address_of_ipv4_or_one_network_of_ipv6() {
        let same = |a: &str, b: &str| Address::read(a).household() == Address::read(b).household();
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(same("::ffff:192.0.2.1", " 192.0.2.1 "));
        assert!(same("nonsense", ""));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(!same("192.0.2.1", "nonsense"));
        assert_eq!(Address::read("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }
}
