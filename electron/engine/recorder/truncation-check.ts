import { open } from 'node:fs/promises';
import type { Container } from '../../contract/rooms.ts';

const tsPacketBytes = 188;
const maxBoxes = 4096;
const firstBoxes = new Set(['ftyp', 'styp', 'moof', 'sidx', 'moov', 'prft', 'emsg', 'mdat']);

/**
 * Says why a received file cannot be whole, though its connection ended as if it were (no length declared, or a wrong one); null when nothing speaks against it.
 * TS is a row of 188-byte packets (ISO/IEC 13818-1 2.4.3.2), fMP4 a row of boxes that say their length; what does not begin like either is not judged.
 */
export async function findTruncation(path: string, container: Container, head: Buffer, bytes: number): Promise<string | null> {
  if (container === 'ts') {
    const isPackets = head[0] === 0x47 && head[tsPacketBytes] === 0x47 && head[2 * tsPacketBytes] === 0x47;
    return isPackets && bytes % tsPacketBytes !== 0 ? `${bytes} bytes are no whole number of transport packets` : null;
  }
  // Ciphertext is listed as .m4s and begins like nothing.
  if (container !== 'fmp4' || !firstBoxes.has(head.toString('latin1', 4, 8))) return null;
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(16);
    let at = 0;
    for (let count = 0; at < bytes && count < maxBoxes; count += 1) {
      const { bytesRead } = await file.read(header, 0, 16, at);
      if (bytesRead < 8) return `a box at ${at} is cut off`;
      const short = header.readUInt32BE(0);
      if (short === 0) return null; // to the end of the file
      const length = short === 1 && bytesRead === 16 ? Number(header.readBigUInt64BE(8)) : short;
      if (length < 8) return null;
      at += length;
    }
    return at > bytes ? `a box ends at ${at}, the file at ${bytes}` : null;
  } finally {
    await file.close();
  }
}
