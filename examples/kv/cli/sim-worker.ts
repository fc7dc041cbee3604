import { shareOf } from './sim.ts'

// One process of `sim --seeds`: a seed comes in, what it adds up to goes out; it ends when its parent does.
process.on('message', seed => process.send!(shareOf(seed as number)))
process.once('disconnect', () => process.exit())
