const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', year: 'numeric', month: '2-digit', day: '2-digit' })

/** Sweden is one or two hours ahead of UTC: before 22 o'clock it is the same day there, and asking the time zone costs ten times as much. */
const isSameDay = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[01]):[\d:.]+Z$/

/** The calendar day (YYYY-MM-DD) of an instant in Europe/Stockholm. */
export const stockholmDay = (instant: string): string => (isSameDay.test(instant) ? instant.slice(0, 10) : day.format(Date.parse(instant)))
