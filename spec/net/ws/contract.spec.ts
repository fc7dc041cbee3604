import { transportContract } from '../../contracts/transport.ts'
import { createWsWorld } from './world.ts'

transportContract('ws', createWsWorld)
