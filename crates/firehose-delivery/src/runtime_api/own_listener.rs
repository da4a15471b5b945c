use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
};

use axum::serve::Listener;
use rustix::process::geteuid;
use tokio::net::{TcpListener, TcpStream};

/// A listener that accepts connections of this user only, so that no other user of the machine can
/// read events.
///
/// Without Linux's `/proc/net/tcp`, the user of a connection is unknown, and all connections are
/// accepted.
#[derive(Debug)]
pub(super) struct OwnListener(pub(super) TcpListener);

impl Listener for OwnListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            // After an error, such as too many open files, axum waits and tries again.
            let (stream, peer) = Listener::accept(&mut self.0).await;
            if stream.local_addr().is_ok_and(|local| !is_from_other_user(peer, local)) {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Returns `true` if the connection from `peer` to `local` belongs to another user, or if the table
/// of connections does not contain it.
fn is_from_other_user(peer: SocketAddr, local: SocketAddr) -> bool {
    match fs::read_to_string("/proc/net/tcp") {
        Ok(table) => user_of(&table, peer, local) != Some(geteuid().as_raw()),
        Err(_) => false,
    }
}

/// Returns the user of a connection in the table `/proc/net/tcp`:
/// <https://docs.kernel.org/networking/proc_net_tcp.html>.
fn user_of(table: &str, peer: SocketAddr, local: SocketAddr) -> Option<u32> {
    let (peer, local) = (in_table(peer)?, in_table(local)?);
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        // The entry of the peer has our address as its remote address.
        let is_peer = fields.get(1) == Some(&&*peer) && fields.get(2) == Some(&&*local);
        is_peer.then(|| fields.get(7)?.parse().ok()).flatten()
    })
}

/// Returns an address in the form of the table: hexadecimal, with the bytes in memory order.
fn in_table(address: SocketAddr) -> Option<String> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_user_of_the_other_end_is_found() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 1 1 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000 65534        0 2 1 0
";
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        assert_eq!(user_of(table, at(50_000), at(8080)), Some(65_534));
        assert_eq!(user_of(table, at(8080), at(50_000)), Some(1000));
        assert_eq!(user_of(table, at(50_001), at(8080)), None);
    }

    #[tokio::test]
    async fn a_connection_of_this_user_is_accepted() {
        let mut listener = OwnListener(TcpListener::bind(("127.0.0.1", 0)).await.unwrap());
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (_, peer) = listener.accept().await;
        assert_eq!(peer, client.local_addr().unwrap());
    }
}
