/** The name of a detection's view: lower case, every run of other characters one `_`. Empty where nothing is left. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}
