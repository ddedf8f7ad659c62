const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', year: 'numeric', month: '2-digit', day: '2-digit' })

/** The calendar day (YYYY-MM-DD) of an instant in Europe/Stockholm. */
export const stockholmDay = (instant: string): string => day.format(Date.parse(instant))
