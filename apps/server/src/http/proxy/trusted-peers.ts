import type { Network } from '@central-index/platform/config';
import { parseIpAddress } from '@central-index/platform/http';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4, type Socket } from 'node:net';

interface Peer {
  readonly address: string;
  readonly isTrusted: boolean;
}

// A connection that has been closed already has none; its request is not answered.
const noAddress = '0.0.0.0';
const requestIdFormat = /^[\w.:/+=@~-]{1,128}$/;

/** Who a request is from and what it is called, as far as the peer is a trusted proxy that may say so. */
export class TrustedPeers {
  private readonly networks = new BlockList();
  private readonly peers = new WeakMap<Socket, Peer>();
  private readonly clients = new WeakMap<IncomingMessage, string>();

  constructor(networks: readonly Network[]) {
    for (const { address, prefixLength, family } of networks) {
      this.networks.addSubnet(address, prefixLength, family);
    }
  }

  /**
   * The client's address: the last of X-Forwarded-For that is no trusted proxy, if the peer is one, else that of the peer.
   * What stands there and is no IP address identifies no client: the result is then the peer's address as well.
   */
  addressOf(request: IncomingMessage): string {
    const peer = this.peerOf(request.socket);
    if (!peer.isTrusted) return peer.address;
    let client = this.clients.get(request);
    if (client === undefined) {
      client = this.forwardedAddress(request.headers['x-forwarded-for']) ?? peer.address;
      this.clients.set(request, client);
    }
    return client;
  }

  /** The X-Request-Id of a trusted proxy, so that both logs have the same id; a new id for all other requests. */
  requestIdOf(request: IncomingMessage): string {
    const id = request.headers['x-request-id'];
    const isUsable =
      typeof id === 'string' && requestIdFormat.test(id) && this.peerOf(request.socket).isTrusted;
    return isUsable ? id : randomUUID();
  }

  private peerOf(socket: Socket): Peer {
    let peer = this.peers.get(socket);
    if (peer === undefined) {
      const address = parseIpAddress(socket.remoteAddress ?? '') ?? noAddress;
      peer = { address, isTrusted: this.isTrusted(address) };
      this.peers.set(socket, peer);
    }
    return peer;
  }

  // Node joins repeated lines in the order in which they were sent.
  private forwardedAddress(header: string | string[] | undefined): string | undefined {
    const entries = String(header ?? '').split(',');
    let address: string | undefined;
    for (let at = entries.length - 1; at >= 0; at -= 1) {
      const entry = entries[at]!.trim();
      if (entry === '') continue;
      address = parseIpAddress(entry);
      if (address === undefined || !this.isTrusted(address)) return address;
    }
    return address;
  }

  private isTrusted(address: string): boolean {
    return this.networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
}
