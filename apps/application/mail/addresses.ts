import { organisationEvents, organisationStream } from '#events/organisation'
import type { Context } from '#apps/application/context'
import type { Recorded } from '#libs/kernel/event'
import { keyId, open } from '#libs/privacy/codec'
import { isMailAddress } from '#libs/smtp/address'

/**
 * Addresses of staff: the login where it is one, else the login at the deployment's domain. Logins are kept as they were stored, encrypted, and
 * opened for the one mail, so that who is erased has no address from then on.
 */
export const addressBook = ({ store, vault }: Pick<Context, 'store' | 'vault'>, domain: string | undefined) => {
  const registered = new Map<string, Recorded>()
  let next = 0
  const readOn = async (): Promise<void> => {
    for await (const recorded of store.read(organisationStream, { from: next })) {
      next = recorded.revision + 1
      const { staff } = recorded.data
      if (recorded.type === organisationEvents.staffMemberRegistered.name && typeof staff === 'string') registered.set(staff, recorded)
    }
  }
  /** The address of a member of staff; undefined when there is none. */
  return async (staff: string): Promise<string | undefined> => {
    if (!registered.has(staff)) await readOn()
    const recorded = registered.get(staff)
    if (!recorded) return undefined
    const keys = await vault.find([keyId(organisationStream, `staff/${staff}`)])
    const { login } = open({ type: organisationEvents.staffMemberRegistered, recorded, keys }).data
    if (login === undefined) return undefined
    const address = login.includes('@') ? login : domain === undefined ? '' : `${login}@${domain}`
    return isMailAddress(address) ? address : undefined
  }
}
