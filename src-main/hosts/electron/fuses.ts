/**
 * The fuses that packaging burns into Electron's program, by the names of `@electron/fuses`
 * (https://www.electronjs.org/docs/latest/tutorial/fuses). What the product does not use is switched off.
 */
export const FUSES = {
  /** Nothing runs Electron as plain Node: the cluster is a utility process. */
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  /** Pages come from our own protocol. */
  GrantFileProtocolExtraPrivileges: false,
} as const;
