/** Texts of the help page. */
export const helpTexts = {
  title: 'Help',
  lead: 'How to use this index from the command line.',
  contents: 'On this page',
  logIn: 'Log in',
  logInText:
    'With your user name, and your password or an access token. An access token is better: it can be limited and revoked.',
  logInToken: 'In scripts, send the token by standard input, so that it is in no list of processes:',
  push: 'Push',
  pushText:
    'Your user name is your namespace. Tag an image for the registry and push it. A push to a new name makes a repository:',
  pull: 'Pull',
  pullText: 'Public images need no login. The page of each repository and tag shows its own command:',
  pullOfficial: 'Official images have no namespace:',
  search: 'Search',
  searchText: 'Docker and Podman search here. The order is that of this site:',
  searchOnly: 'Only with stars, or only official ones:',
  ci: 'Access tokens in CI',
  ciText:
    'An access token logs in instead of the password. Make one for each system, limited to the repositories and actions that it needs:',
  ciPage: 'Make an access token in the settings',
  ciApi: 'or with the REST API:',
  ciUse: 'Then, in the job, with the token in the secret variable INDEX_TOKEN:',
  podman: 'Podman',
  podmanText:
    'Podman takes the same commands. Add this index to unqualified-search-registries in registries.conf to search it without naming it.',
  skopeo: 'Skopeo, crane and other tools',
  skopeoText: 'Copy an image from elsewhere without a daemon, and list the tags of a repository:',
  registries: 'Registries',
  registriesText:
    'Images are stored at these registries. The first push decides where a repository lives; the page of a repository names it.',
  plain:
    'This address is not encrypted. Docker accepts it only for localhost, or when it is listed under insecure-registries in daemon.json.',
  noRegistry: 'No registry is set up yet, so there is nothing to push to.',
  more: 'All that a page can do, the REST API can do as well:',
};
