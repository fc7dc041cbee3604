/** Whether a host name or an address, without brackets, is of this machine alone. */
export const isLoopback = (host: string): boolean =>
  /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/i.test(host.replace(/^\[|\]$/g, ''))
