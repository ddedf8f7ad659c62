import { ChosenId, SeatName, Text } from '#apps/api/checks'
import { Optional, Rules } from '#apps/api/field'

/** Överlämning till en annan utförare eller nämnd: to a unit, or to an external party (region, annan kommun). */
@Rules<OfferHandoverBody>({
  reads: ['toUnit', 'toExternal'],
  faults: (body) => {
    if (body.toUnit === undefined && body.toExternal === undefined) return [{ pointer: '/toUnit', code: 'receiver-missing' }]
    return body.toUnit !== undefined && body.toExternal !== undefined ? [{ pointer: '/toExternal', code: 'receiver-twice' }] : []
  },
})
export class OfferHandoverBody {
  @Optional() @ChosenId() readonly toUnit?: string
  /** The external party in words. */
  @Optional() @Text() readonly toExternal?: string
  @Text() readonly reason!: string
}

/** Mottagande: by the receiving unit; for an external party the sender records its receipt. */
export class AcceptHandoverBody {
  @Optional() @Text() readonly receivedBy?: string
  /** Kvittens. */
  @Optional() @Text() readonly receipt?: string
}

export class DeclineHandoverBody {
  @Text() readonly reason!: string
}

export class WithdrawHandoverBody {
  @Text() readonly reason!: string
}

/** Omfördelning: everything that lies with one seat goes to another. */
export class ReassignBody {
  @SeatName() readonly from!: string
  @SeatName() readonly to!: string
  @Text() readonly reason!: string
}
