/** `npm run wiring`: prints who knows whom among the parts of a replica, and how the rooms of actors/ import each other. */
import { cyclesOf, readWiring } from './graph.ts'
import { edgesBetweenRooms } from './rooms.ts'

const { parts, doors } = readWiring()
const edges = [...parts.values()].reduce((sum, each) => sum + each.size, 0)
console.log(`${parts.size} parts, ${edges} edges`)
for (const [name, known] of parts) {
  const outside = [...doors.get(name)!]
  console.log(`${name} -> ${[...known].join(', ')}${outside.length > 0 ? ` | doors: ${outside.join(', ')}` : ''}`)
}
console.log('\ncycles')
for (const cycle of cyclesOf(parts)) console.log(cycle.join(' <-> '))
console.log('\nimports between rooms')
for (const { from, to, count } of edgesBetweenRooms()) console.log(`${from} -> ${to}: ${count}`)
