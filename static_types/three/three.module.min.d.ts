// What the site serves from three is the module that @types/three describes.
export * from 'three';
