import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { HELLO, HELLO_FIELDS } from '../servers/answers.ts'

/** Writes what nginx needs to answer hello on `port` with one worker, and nothing else, into `folder`. */
export function nginxCommand(command: string, folder: string, port: number): string[] {
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600;
  default_type ${HELLO_FIELDS['Content-Type']};
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
  server {
    listen 127.0.0.1:${port} backlog=4096;
    return 200 '${HELLO}';
  }
}
`,
  )
  return [command, '-p', folder, '-e', 'stderr', '-c', file]
}

/** A port that nobody listens at, for programs that cannot take any and say which. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
