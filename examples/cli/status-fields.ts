/** A replica's status as it came; `status` shows the fields that it knows. */
export type ReplicaStatusFields = Readonly<Record<string, unknown>>

export const numberOf = (status: ReplicaStatusFields, field: string): number | undefined => {
  const value = status[field]
  return typeof value === 'number' ? value : undefined
}

export const objectOf = (status: ReplicaStatusFields, field: string): ReplicaStatusFields | undefined => {
  const value = status[field]
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}

export const shown = (value: number | undefined): string => (value === undefined ? '-' : String(value))
