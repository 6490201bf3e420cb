// How our files come to the supplier, in its own terms.
import type { FtpsSettings, TransportSettings } from "../../config/transport-settings.ts";

export function way(transport: TransportSettings): readonly [en: string, fr: string] {
  const { host, port } = transport;
  switch (transport.kind) {
    case "ftps": {
      const explicit = transport.mode === "explicit";
      const verified = transport.trust.by !== "nothing";
      return [
        `We upload it to ${host}, port ${port}, by FTP with ${explicit ? "explicit" : "implicit"} TLS (${versions(transport)})${verified ? "; your certificate is verified" : ""}. User and password are exchanged apart.`,
        `Nous le déposons sur ${host}, port ${port}, en FTP avec TLS ${explicit ? "explicite" : "implicite"} (${versions(transport)})${verified ? " ; votre certificat est vérifié" : ""}. Identifiant et mot de passe sont échangés à part.`,
      ];
    }
    case "ftp":
      return [
        `We upload it to ${host}, port ${port}, by FTP without encryption. User and password are exchanged apart. We would rather encrypt: FTPS or SFTP.`,
        `Nous le déposons sur ${host}, port ${port}, en FTP sans chiffrement. Identifiant et mot de passe sont échangés à part. Nous préférerions chiffrer : FTPS ou SFTP.`,
      ];
    case "sftp":
      return [
        `We upload it to ${host}, port ${port}, by SFTP; your host key is verified. User and ${transport.key === null ? "password" : "public key"} are exchanged apart.`,
        `Nous le déposons sur ${host}, port ${port}, en SFTP ; la clé de votre serveur est vérifiée. Identifiant et ${transport.key === null ? "mot de passe" : "clé publique"} sont échangés à part.`,
      ];
    case "folder":
      return [
        "We put it into a folder of our machine, from where it is carried to you as agreed.",
        "Nous le déposons dans un dossier de notre machine, d'où il vous est transmis comme convenu.",
      ];
  }
}

const versions = ({ minTls, maxTls }: FtpsSettings): string => (minTls === maxTls ? minTls : `${minTls}–${maxTls}`);
