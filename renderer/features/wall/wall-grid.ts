/** How many columns and rows the wall has and how high a row is, in pixels. */
export type WallGrid = { columns: number; rows: number; rowPx: number };

const gapPx = 8;
/** Height of a tile's lines under the picture, and the largest share of its width that the picture takes. */
const footPx = 52;
const pictureShare = 0.56;

/** Chooses the columns that make portrait (9:16) pictures largest when `count` tiles fill the given space. */
export function planWallGrid(count: number, widthPx: number, heightPx: number): WallGrid {
  let best: WallGrid = { columns: 1, rows: count, rowPx: 0 };
  let bestPicture = -1;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (widthPx - gapPx * (columns - 1)) / columns;
    const rowPx = Math.floor((heightPx - gapPx * (rows - 1)) / rows);
    const empty = columns * rows - count;
    const picture = Math.min(rowPx - footPx, (cellWidth * pictureShare * 16) / 9) - empty;
    if (picture > bestPicture) {
      bestPicture = picture;
      best = { columns, rows, rowPx: Math.max(150, rowPx) };
    }
  }
  return best;
}
