//! Which addresses a user may make this service connect to: those of the public internet, and no other.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const LOOPBACK: &str = "this machine itself (loopback)";
const PRIVATE: &str = "a private network";
const LINK_LOCAL: &str = "a link-local address";
const METADATA: &str = "a cloud's metadata service";
const MULTICAST: &str = "a multicast group";
const RESERVED: &str = "a reserved address";
const DOCUMENTATION: &str = "an address for documentation";
const BENCHMARK: &str = "an address for benchmarks, which some proxies give out instead of real ones";
const TRANSITION: &str = "an IPv6 address that wraps an IPv4 one";

/// What of IPv4 is not public: network, length of its prefix, what it is. The first that fits names it.
const CLOSED_V4: [(Ipv4Addr, u32, &str); 20] = [
    (Ipv4Addr::new(127, 0, 0, 0), 8, LOOPBACK),
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this machine itself (unspecified)"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, PRIVATE),
    (Ipv4Addr::new(172, 16, 0, 0), 12, PRIVATE),
    (Ipv4Addr::new(192, 168, 0, 0), 16, PRIVATE),
    (Ipv4Addr::new(169, 254, 169, 254), 32, METADATA),
    (Ipv4Addr::new(169, 254, 0, 0), 16, LINK_LOCAL),
    (Ipv4Addr::new(100, 100, 100, 200), 32, METADATA),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a provider's inner network"),
    // Azure's, which lies among the public addresses but is answered by the host of the virtual machine.
    (Ipv4Addr::new(168, 63, 129, 16), 32, METADATA),
    (Ipv4Addr::new(192, 0, 0, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 88, 99, 0), 24, RESERVED),
    (Ipv4Addr::new(192, 0, 2, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(198, 51, 100, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(203, 0, 113, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(233, 252, 0, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(198, 18, 0, 0), 15, BENCHMARK),
    (Ipv4Addr::new(224, 0, 0, 0), 4, MULTICAST),
    (Ipv4Addr::BROADCAST, 32, "the broadcast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, RESERVED),
];

/// The same of IPv6. What lies outside `2000::/3` is closed even where no row names it.
const CLOSED_V6: [(Ipv6Addr, u32, &str); 17] = [
    (Ipv6Addr::LOCALHOST, 128, LOOPBACK),
    (Ipv6Addr::UNSPECIFIED, 128, "this machine itself (unspecified)"),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, TRANSITION),
    (Ipv6Addr::UNSPECIFIED, 96, TRANSITION),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, TRANSITION),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, TRANSITION),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, TRANSITION),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, BENCHMARK),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, RESERVED),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, DOCUMENTATION),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, DOCUMENTATION),
    (Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
    (Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254), 128, METADATA),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, PRIVATE),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, LINK_LOCAL),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, PRIVATE),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, MULTICAST),
];

/// Where a network without IPv4 of its own reaches all of it (RFC 6052). There the names of most sites resolve to it.
const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

/// All that IPv6 gives out for use on the internet so far.
const GLOBAL_UNICAST: Ipv6Addr = Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0);

/// Says what `address` is, if it is not public.
pub(super) fn closed(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => closed_v4(address),
        IpAddr::V6(address) if in_v6(address, NAT64, 96) => {
            let [.., a, b, c, d] = address.octets();
            closed_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => {
            let named = CLOSED_V6.iter().find(|(network, length, _)| in_v6(address, *network, *length));
            let outside = (!in_v6(address, GLOBAL_UNICAST, 3)).then_some(RESERVED);
            named.map(|(.., what)| *what).or(outside)
        }
    }
}

fn closed_v4(address: Ipv4Addr) -> Option<&'static str> {
    let inside = |network: Ipv4Addr, length: u32| (address.to_bits() ^ network.to_bits()) >> (32 - length) == 0;
    CLOSED_V4.iter().find(|(network, length, _)| inside(*network, *length)).map(|(.., what)| *what)
}

fn in_v6(address: Ipv6Addr, network: Ipv6Addr, length: u32) -> bool {
    (address.to_bits() ^ network.to_bits()) >> (128 - length) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_named_at_both_its_ends() {
        let table = [
            ("0.0.0.0 0.255.255.255", "unspecified"),
            ("10.0.0.0 10.255.255.255 172.16.0.0 172.31.255.255 192.168.0.0 192.168.255.255", "private"),
            ("127.0.0.1 127.0.0.0 127.255.255.255 ::1", "loopback"),
            ("169.254.0.0 169.254.255.255 fe80::1 febf:ffff::1", "link-local"),
            ("169.254.169.254 100.100.100.200 168.63.129.16 fd00:ec2::254 fd20:ce::254", "metadata"),
            ("100.64.0.0 100.127.255.255", "inner network"),
            ("192.0.0.0 192.0.0.255 192.88.99.1 240.0.0.0 255.255.255.254", "reserved"),
            ("192.0.2.1 198.51.100.1 203.0.113.255 233.252.0.1 2001:db8::1 3fff::1 3fff:fff::1", "documentation"),
            ("198.18.0.0 198.19.255.255 2001:2::1", "benchmarks"),
            ("224.0.0.0 239.255.255.255 ff02::1 ffff::1", "multicast"),
            ("255.255.255.255", "broadcast"),
            ("fc00::1 fdff:ffff::1 fec0::1 feff::1", "private"),
            ("::", "unspecified"),
            ("::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::8.8.8.8 64:ff9b:1::808:808", "wraps"),
            ("2002:7f00:1::1 2002:808:808::1 2001::1 2001:0:ffff::1", "wraps"),
            ("2001:20::1 2001:1ff:ffff::1 100::1 4000::1 5f00::1 1fff::1 8000::1", "reserved"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b::a00:1 64:ff9b::c0a8:101", "private"),
            ("64:ff9b::a9fe:a9fe", "metadata"),
        ];
        for (addresses, word) in table {
            for address in addresses.split(' ') {
                let what = closed(address.parse().unwrap()).unwrap_or("public");
                assert!(what.contains(word), "{address} is {word}, not {what}");
            }
        }
    }

    #[test]
    fn what_lies_next_to_it_is_public() {
        let open = "1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 \
            168.63.129.15 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 \
            192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 \
            203.0.114.0 223.255.255.255 2001:200::1 2001:db7:ffff::1 2001:db9::1 2003::1 2400:3200::1 2606:4700::1 \
            3ffe::1 3fff:1000::1 64:ff9b::808:808";
        for address in open.split_whitespace() {
            assert_eq!(closed(address.parse().unwrap()), None, "{address}");
        }
    }
}
