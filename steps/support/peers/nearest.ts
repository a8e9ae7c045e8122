/** What somebody who mistyped a word may have meant. */

/** `: did you mean "dhcp"?`, or nothing if none of the known words is near. */
export function suggestion(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : `: did you mean "${near}"?`;
}

/** The known word that differs least, and not by more than a third of its letters or two of them. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const one of known) {
    const differing = distance(lower, one.toLowerCase());
    if (differing < fewest) [best, fewest] = [one, differing];
  }
  return fewest <= Math.max(Math.min(2, word.length - 1), word.length / 3) ? best : undefined;
}

/** How many letters have to be added, removed or replaced, or exchanged with the next one. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const ways = [above[column]! + 1, line[column - 1]! + 1, above[column - 1]! + (isSame ? 0 : 1)];
      if (isSwapped) ways.push(before[column - 2]! + 1);
      line.push(Math.min(...ways));
    }
    [before, above] = [above, line];
  }
  return above[other.length]!;
}
