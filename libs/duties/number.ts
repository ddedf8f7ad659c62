/** Crockford's base 32: no I, L, O or U, so that a number can be read aloud and typed in. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The short number of a case, such as `7K3WQ-0ZM4T`: the last 50 bits of its id. Shown to people; the id stays the key. */
export const caseNumber = (caseId: string): string => {
  const bits = BigInt(`0x${caseId.replaceAll('-', '').slice(-13)}`)
  let text = ''
  for (let shift = 45n; shift >= 0n; shift -= 5n) text += digits[Number((bits >> shift) & 31n)] ?? ''
  return `${text.slice(0, 5)}-${text.slice(5)}`
}

/** A number as people write it (any case, with or without hyphen, I and L for 1, O for 0) in the form of `caseNumber`; undefined when it is none. */
export const readCaseNumber = (written: string): string | undefined => {
  const text = written.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0')
  if (text.length !== 10 || [...text].some((digit) => !digits.includes(digit))) return undefined
  return `${text.slice(0, 5)}-${text.slice(5)}`
}
