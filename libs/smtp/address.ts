/**
 * Whether a text is one mailbox and nothing else: `local@domain` (RFC 5321 §4.1.2) without quoted parts, comments and lists, which libraries take apart
 * into more recipients than were meant.
 */
export const isMailAddress = (text: string): boolean => text.length <= 254 && /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u.test(text) && !text.includes('..')

export interface Sender {
  readonly name: string
  readonly address: string
}
/** Reads `vaka@kommunen.se` or `Vaka <vaka@kommunen.se>`; undefined when it is neither. */
export const readSender = (text: string): Sender | undefined => {
  const [, name = '', bracketed = text] = /^([^<>\r\n]{0,100})<([^<>\s]+)>$/.exec(text.trim()) ?? []
  const address = bracketed.trim()
  return isMailAddress(address) ? { name: name.trim().replace(/^"(.*)"$/, '$1'), address } : undefined
}
