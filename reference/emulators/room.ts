/** Which items of a reply fit into it. */

/**
 * The items that fit, in order: an item that does not fit is left out whole, and may leave room for a later one.
 * @param room in octets
 * @param octetsOf what an item takes
 */
export function fitting<Item>(items: readonly Item[], room: number, octetsOf: (item: Item) => number): Item[] {
  let left = room;
  return items.filter((item) => {
    const octets = octetsOf(item);
    if (octets > left) return false;
    left -= octets;
    return true;
  });
}
