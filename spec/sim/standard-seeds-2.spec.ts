import { standardSeeds } from './support/standard-seeds.ts'

describe('simulation: the standard seeds, second part', () => standardSeeds(1_000_066, 1_000_100))
