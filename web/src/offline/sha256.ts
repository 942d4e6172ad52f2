// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// SHA-256 (FIPS 180-4) that can stop at a block's end and go on after a reload: the browser's own
// digest wants all bytes at once. Pure.

// Signed: the engine's whole numbers are, and unsigned ones would become slow doubles.
const K = new Int32Array(64);
const FIRST = new Int32Array(8);

// The first 32 bits of the fractional parts of the roots of the first primes (§4.2.2, §5.3.3).
function fillConstants(): void {
  let found = 0;
  for (let n = 2; found < 64; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d += 1) prime = n % d !== 0;
    if (!prime) continue;
    const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
    if (found < 8) FIRST[found] = fraction(Math.sqrt(n));
    K[found] = fraction(Math.cbrt(n));
    found += 1;
  }
}
fillConstants();

const CHUNK = 64;

export class Sha256 {
  private readonly h: Int32Array;
  private readonly w = new Int32Array(64);
  private readonly rest = new Uint8Array(CHUNK);
  private kept: number;
  private total: number;

  /** Goes on from a state saved after a multiple of 64 bytes, or begins. */
  constructor(state: readonly number[] | null = null, bytes = 0) {
    this.h = state ? Int32Array.from(state) : FIRST.slice();
    this.kept = 0;
    this.total = bytes;
  }

  /** The state to go on from; only after a multiple of 64 bytes. */
  save(): number[] {
    if (this.kept !== 0) throw new Error('not at the end of a chunk');
    return Array.from(this.h);
  }

  update(bytes: Uint8Array): void {
    let at = 0;
    this.total += bytes.length;
    if (this.kept > 0) {
      at = Math.min(CHUNK - this.kept, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.kept);
      this.kept += at;
      if (this.kept < CHUNK) return;
      this.mix(this.rest, 0);
      this.kept = 0;
    }
    for (; at + CHUNK <= bytes.length; at += CHUNK) this.mix(bytes, at);
    this.rest.set(bytes.subarray(at));
    this.kept = bytes.length - at;
  }

  /** The digest in hexadecimal; nothing can be added afterwards. */
  finish(): string {
    const bits = this.total * 8;
    const tail = new Uint8Array(this.kept < 56 ? CHUNK : 2 * CHUNK);
    tail.set(this.rest.subarray(0, this.kept));
    tail[this.kept] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits % 2 ** 32);
    for (let at = 0; at < tail.length; at += CHUNK) this.mix(tail, at);
    return Array.from(this.h, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  private mix(bytes: Uint8Array, at: number): void {
    const { h, w } = this;
    for (let i = 0; i < 16; i += 1) {
      const j = at + 4 * i;
      w[i] = (bytes[j]! << 24) | (bytes[j + 1]! << 16) | (bytes[j + 2]! << 8) | bytes[j + 3]!;
    }
    for (let i = 16; i < 64; i += 1) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    let a = h[0]!;
    let b = h[1]!;
    let c = h[2]!;
    let d = h[3]!;
    let e = h[4]!;
    let f = h[5]!;
    let g = h[6]!;
    let k = h[7]!;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (k + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      k = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    h[0]! += a;
    h[1]! += b;
    h[2]! += c;
    h[3]! += d;
    h[4]! += e;
    h[5]! += f;
    h[6]! += g;
    h[7]! += k;
  }
}
