//! Asks nginx for `/health`, so that one answer proves both processes.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Asks on `port` of this machine.
///
/// # Errors
/// If the answer is not 200.
pub fn ask(port: u16) -> Result<(), String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let status = (|| {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok::<_, std::io::Error>(head)
    })();
    match status {
        Ok(head) if &head[9..] == b"200" => Ok(()),
        Ok(head) => Err(format!("unhealthy: status {}", String::from_utf8_lossy(&head[9..]))),
        Err(error) => Err(format!("unhealthy: {error}")),
    }
}
