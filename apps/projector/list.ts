import type { AnyProjection } from '#libs/kernel/projection'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'
import { deadlines } from '#projections/deadlines/deadlines'
import { ivoTrail } from '#projections/ivo-trail/ivo-trail'
import { measures } from '#projections/measures/measures'
import { ownReports } from '#projections/own-reports/own-reports'
import { queue } from '#projections/queue/queue'
import { routines } from '#projections/routines/routines'
import { statistics } from '#projections/statistics/statistics'

/** Every projection that is kept up with the log. */
export const projections: readonly AnyProjection[] = [queue, ownReports, ivoTrail, statistics, measures, routines, deadlines, alarmMails]

/** Names of the leases beside those of the projections, which have the projections' own names. */
export const clockLease = 'clock'
export const reactorLease = 'reactor'
