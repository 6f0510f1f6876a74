/** Sizes as people read them: `1.5 GiB`, `12 bytes`. */
export function printBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Math.round((bytes / 1024 ** step) * 10) / 10} ${units[step]}`;
}
