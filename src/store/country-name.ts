/**
 * Country names as DB-IP's own database spells them, which is what Splunk's iplocation shows. The city database
 * that npm carries has ISO 3166-1 codes only. CLDR (Intl.DisplayNames) gives the English names; where it
 * abbreviates, joins with an ampersand, uses typographic quotes or another name than DB-IP, the table decides.
 */
const corrections: Readonly<Record<string, string>> = {
  AG: 'Antigua and Barbuda',
  BA: 'Bosnia and Herzegovina',
  BL: 'Saint Barthélemy',
  BQ: 'Bonaire, Sint Eustatius, and Saba',
  CD: 'DR Congo',
  CG: 'Congo Republic',
  CI: 'Ivory Coast',
  FK: 'Falkland Islands',
  GS: 'South Georgia and the South Sandwich Islands',
  HK: 'Hong Kong',
  HM: 'Heard and McDonald Islands',
  KN: 'St Kitts and Nevis',
  LC: 'Saint Lucia',
  MF: 'Saint Martin',
  MM: 'Myanmar',
  MO: 'Macao',
  PM: 'Saint Pierre and Miquelon',
  PS: 'Palestine',
  SH: 'Saint Helena',
  SJ: 'Svalbard and Jan Mayen',
  ST: 'São Tomé and Príncipe',
  TC: 'Turks and Caicos Islands',
  TR: 'Turkey',
  TT: 'Trinidad and Tobago',
  UM: 'U.S. Outlying Islands',
  VC: 'Saint Vincent and the Grenadines',
  WF: 'Wallis and Futuna',
};

const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** The English name of an ISO 3166-1 alpha-2 code; empty for an empty or unknown code. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code) || code === 'ZZ') {
    return '';
  }
  return corrections[code] ?? english.of(code) ?? '';
}
