const msPerDay = 86_400_000

/** Easter Sunday (påskdagen) of a year of the Gregorian calendar, in days since 1 January 1970 (Meeus, Jones, Butcher). */
export const easterOf = (year: number): number => {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const ofCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451)
  const sinceMarch = 21 + epact + toSunday - 7 * late
  return Date.UTC(year, 2, 1) / msPerDay + sinceMarch
}

/** Month and day as one number: 6 January is 106. */
const fixed = new Set([
  101, // nyårsdagen
  106, // trettondedag jul
  501, // första maj
  1225, // juldagen
  1226, // annandag jul
])
/** Days after Easter Sunday. */
const movable = new Set([
  -2, // långfredagen
  1, // annandag påsk
  39, // Kristi himmelsfärdsdag
])
/** Lag 2004:1320: from 2005 the national day is a holiday in place of annandag pingst. */
const nationalDaySince = 2005

const saturday = 6
const friday = 5

/**
 * Whether a day, in days since 1 January 1970, is no working day: Saturday, Sunday, public holiday (allmän helgdag, lag 1989:253 om allmänna
 * helgdagar) or one of the three eves that lag 1930:173 om beräkning av lagstadgad tid puts beside them: midsommarafton, julafton, nyårsafton. Påskdagen and
 * pingstdagen are always Sundays, midsommardagen and alla helgons dag Saturdays.
 */
export const isFreeDay = (day: number): boolean => {
  const date = new Date(day * msPerDay)
  const weekday = date.getUTCDay()
  if (weekday === 0 || weekday === saturday) return true
  const year = date.getUTCFullYear()
  const monthDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate()
  if (fixed.has(monthDay) || isEve(monthDay, weekday)) return true
  if (monthDay === 606) return year >= nationalDaySince
  // Långfredagen is never before 20 March, annandag pingst never after 14 June: the rest of the year needs no Easter.
  if (monthDay < 320 || monthDay > 614) return false
  const afterEaster = day - easterOf(year)
  return movable.has(afterEaster) || (afterEaster === 50 && year < nationalDaySince)
}
/** Midsommarafton is the Friday between 19 and 25 June. */
const isEve = (monthDay: number, weekday: number): boolean => monthDay === 1224 || monthDay === 1231 || (weekday === friday && monthDay >= 619 && monthDay <= 625)
