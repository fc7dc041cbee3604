import { standardSeeds } from './support/standard-seeds.ts'

describe('simulation: the standard seeds, first part', () => standardSeeds(1_000_001, 1_000_065))
