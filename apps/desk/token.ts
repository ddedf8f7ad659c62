import { mintDemoToken } from '#apps/api/tokens'
import { argumentsOf, refusal, type Run } from '#apps/desk/desk'

/** A demo token for any subject; one that holds no role may do nothing with it. */
export const run: Run = async (desk, args) => {
  const [subject = ''] = argumentsOf(desk, args, 'token <subject>', {}, 1).positionals
  if (!/^[^\s\p{C}]{1,200}$/u.test(subject)) throw refusal(desk, 'bad-login')
  return `${await mintDemoToken(desk.folder, subject)}\n`
}
