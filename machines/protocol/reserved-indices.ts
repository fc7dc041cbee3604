/**
 * Section 6, the faster rule: the highest reserved own index once `index` is given away. Half a block stays in reserve,
 * so that the next reservation rides on a flush that is needed anyway.
 * @param top reserved so far
 * @param block indices of a block
 */
export const reservedFor = (index: number, top: number, block: number): number =>
  index + block / 2 <= top ? top : index + block
